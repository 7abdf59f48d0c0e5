package tick
