defmodule Feed do
end
