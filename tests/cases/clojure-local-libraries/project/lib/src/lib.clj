(ns lib)
