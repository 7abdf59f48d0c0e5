addSbtPlugin("com.github.sbt" % "sbt-dynver" % "5.0.1")
