// swift-tools-version:5.9
import Foundation
import PackageDescription
let wide = FileManager.default.fileExists(atPath: "wide")

let package = Package(
    name: "clock",
    dependencies: [
        .package(url: "https://github.com/vapor/vapor.git", from: "4.89.0"),
    ],
    targets: [.executableTarget(name: "clock", dependencies: [.product(name: "Vapor", package: "vapor")])]
)
