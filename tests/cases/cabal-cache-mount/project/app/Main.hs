module Main (main) where

main :: IO ()
main = putStrLn "0.00"
