options(renv.config.pak.enabled = TRUE)
