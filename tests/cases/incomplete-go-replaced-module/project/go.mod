module example.org/a
go 1.22
require example.org/b v1.0.0
require example.org/c v0.0.0
replace example.org/c => ./c
