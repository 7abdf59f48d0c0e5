module example.org/c
