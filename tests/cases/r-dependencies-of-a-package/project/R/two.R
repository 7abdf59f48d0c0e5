two <- function() 2
