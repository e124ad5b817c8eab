/** Certificates, bad networks and measurements for what machines of a cluster say to each other. */
package io.tributary.testing.cluster;
