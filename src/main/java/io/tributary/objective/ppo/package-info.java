/** Proximal policy optimisation for KL-control (Ziegler et al. 2019, arXiv:1909.08593). */
@NullMarked
package io.tributary.objective.ppo;

import org.jspecify.annotations.NullMarked;
