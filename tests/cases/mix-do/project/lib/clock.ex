defmodule Clock do
end
