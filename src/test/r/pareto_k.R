#!/usr/bin/Rscript
# Writes the Pareto k that the R package loo, by the authors of Pareto smoothed importance sampling, gives to weights
# that are quantile functions of the numbers u_i = i phi mod 1, i = 1 ... n, with phi the golden ratio.
# On Debian: apt-get install r-cran-loo
#
#     Rscript src/test/r/pareto_k.R src/test/resources/objective/pareto_k.tsv

suppressPackageStartupMessages(library(loo))

log_weights <- list(
  pareto = function(u, k) -k * log1p(-u),
  generalised_pareto = function(u, k) log(((1 - u)^-k - 1) / k),
  log_logistic = function(u, k) k * log(u / (1 - u)),
  exponential = function(u, k) log(-log1p(-u)) * k,
  power = function(u, k) k * log(u)
)

cases <- rbind(
  expand.grid(name = c("pareto", "generalised_pareto", "log_logistic"), k = c(0.2, 0.5, 0.7, 1.3, 4),
              n = c(1000, 2048, 10000), stringsAsFactors = FALSE),
  expand.grid(name = c("exponential", "power"), k = c(1, 2.5), n = c(1000, 2048, 10000), stringsAsFactors = FALSE)
)

lines <- "name\tk\tn\tpareto_k"
for (row in seq_len(nrow(cases))) {
  case <- cases[row, ]
  u <- (seq_len(case$n) * ((1 + sqrt(5)) / 2)) %% 1
  fit <- suppressWarnings(psis(log_weights[[case$name]](u, case$k), r_eff = 1))
  lines <- c(lines, sprintf("%s\t%g\t%d\t%.15g", case$name, case$k, case$n, fit$diagnostics$pareto_k))
}
writeLines(lines, commandArgs(trailingOnly = TRUE)[1])
