defmodule Clock.MixProject do
  use Mix.Project

  def project do
    [
      app: :clock,
      version: "0.1.0",
      deps: deps()
    ]
  end

  def application do
    [mod: {Clock.Application, []}, extra_applications: [:logger]]
  end

  defp deps do
    [
      {:jason, "~> 1.4"},
    ]
  end
end
