/*
 * Makes Intel's MKL, which libtorch contains, take its general AVX path on processors of other makers. Opened before
 * libtorch with RTLD_GLOBAL, this definition takes the place of MKL's own.
 *
 * Build: gcc -O2 -shared -fPIC -nostdlib -s -Wl,--build-id=none,-z,noseparate-code,-z,norelro -o libmklfastpath.so mklfastpath.c
 */
int mkl_serv_intel_cpu_true(void) { return 1; }
