local({ Sys.setenv("RENV_R_INITIALIZING" = "true") })
