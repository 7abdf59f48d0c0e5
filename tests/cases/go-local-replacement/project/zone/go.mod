module example.org/zone

go 1.22
