/*
 * Makes Intel's MKL, which is part of libtorch, take its general AVX path on processors of other makers. Opened before
 * libtorch with RTLD_GLOBAL, this definition takes the place of MKL's own. scripts/build-native builds the library.
 */
int mkl_serv_intel_cpu_true(void) { return 1; }
