defmodule Feed.MixProject do
  use Mix.Project

  def project do
    [app: :feed, version: "0.1.0", elixir: "~> 1.16", deps: deps()]
  end

  defp deps do
    [{:jason, "~> 1.4"}]
  end
end
