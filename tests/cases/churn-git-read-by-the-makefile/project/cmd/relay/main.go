package main

import _ "golang.org/x/sync/errgroup"

var version string

func main() { println(version) }
