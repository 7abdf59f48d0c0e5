packages <- readLines("packages.txt")
install.packages(packages)
