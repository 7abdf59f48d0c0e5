(ns deep)
