module example.org/clock

go 1.22

require github.com/pkg/errors v0.9.1

require example.org/zone v0.0.0

replace example.org/zone => ./zone
