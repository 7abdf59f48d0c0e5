module example.org/clock

go 1.22

require example.org/zone v1.2.0
