(ns build)
