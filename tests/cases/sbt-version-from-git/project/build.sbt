lazy val root = (project in file("."))
  .settings(
    name := "shop",
    scalaVersion := "2.13.14",
    libraryDependencies += "org.typelevel" %% "cats-core" % "2.12.0"
  )
