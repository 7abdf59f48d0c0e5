module Main (main) where

import Shared (serve)

main :: IO ()
main = serve
