module example.org/a

go 1.22

require example.org/b v1.0.0
