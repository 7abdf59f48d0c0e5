using Hands
