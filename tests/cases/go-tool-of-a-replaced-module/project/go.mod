module github.com/me/a

go 1.22

require github.com/me/b v1.0.0

replace github.com/me/b => ./b
