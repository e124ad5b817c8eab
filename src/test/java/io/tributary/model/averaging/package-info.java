/** A model family of tests, which shows what a new one consists of. */
package io.tributary.model.averaging;
