defmodule Clock.MixProject do
  use Mix.Project

  def project do
    [
      app: :clock,
      version: version(),
      deps: deps()
    ]
  end

  def application do
    [mod: {Clock.Application, []}, extra_applications: [:logger]]
  end

  defp version do
    {tag, 0} = System.cmd("git", ["describe"])
    tag
  end

  defp deps do
    [
      {:jason, "~> 1.4"},
    ]
  end
end
