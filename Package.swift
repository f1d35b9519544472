// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A library of Debian's, as `pkg-config` finds it.
func library(_ name: String, pkgConfig: String, debian: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

func target(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func stage(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: ["Command", "RecordStream", "Stage", "StageErrors", argumentParser] + dependencies,
    swiftSettings: strict)
}

/// - Parameter data: files beside the tests that are not Swift.
func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: data, swiftSettings: strict)
}

/// What reads the input of others, for fuzzing: a part of the tests, or, with ALMA_PEOPLE_FUZZ=1, a program for libFuzzer
/// (`make fuzz`), so that no other build has anything of it.
let fuzz: [Target] = {
  let targets: [Target.Dependency] = [
    "AlmaXML", "CExpat", "CLinux", "Calendar", "Curl", "HTTPS", "JSONText", "Mail", "Patron", "PeopleSoft",
    "RecordStream",
    "SFTP",
    "Files", "Stage", "StageErrors", "Transfer", system,
  ]
  let expat = Target.systemLibrary(name: "CExpat", path: "Tests/Fuzz/CExpat", providers: [.apt(["libexpat1-dev"])])
  let parts = ["CExpat", "CLibFuzzer", "Driver", "Finds", "Replay", "Seeds", "Targets", "run"]
  func excluding(_ sources: [String]) -> [String] { parts.filter { !sources.contains($0) } }
  if Context.environment["ALMA_PEOPLE_FUZZ"] == "1" {
    return [
      expat, .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
      .target(name: "FuzzTargets", dependencies: targets, path: "Tests/Fuzz/Targets", swiftSettings: strict),
      .executableTarget(
        name: "fuzz", dependencies: ["CLibFuzzer", "FuzzTargets"], path: "Tests/Fuzz/Driver",
        swiftSettings: [.swiftLanguageMode(.v5)]),
    ]
  }
  return [
    expat,
    .testTarget(
      name: "FuzzTests", dependencies: targets + ["TestSupport"], path: "Tests/Fuzz",
      exclude: excluding(["Replay", "Targets"]), sources: ["Replay", "Targets"], swiftSettings: strict),
  ]
}()

let package = Package(
  name: "alma-people",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    library("CLibXML2", pkgConfig: "libxml-2.0", debian: "libxml2-dev"),
    library("CLibArchive", pkgConfig: "libarchive", debian: "libarchive-dev"),
    library("CCurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
    library("CNettle", pkgConfig: "nettle", debian: "nettle-dev"),
    library("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
    .systemLibrary(name: "CLinux"),

    target("Calendar"),
    target("JSONText"),
    target("Digest", ["CNettle"]),
    target("Encodings"),
    target("HashTables"),
    target("StageErrors"),
    target("Files", ["CLinux", "Encodings", "StageErrors", system]),
    target("RecordStream", ["CLinux", "Calendar", "JSONText", "StageErrors", system]),
    target("Stage", ["CLinux", "Calendar", "Encodings", "Files", "RecordStream", "StageErrors", system]),
    target("Command", ["CLinux", "Calendar", "Files", "Stage", "StageErrors", argumentParser, system]),
    target("Curl", ["CCurl", "StageErrors"]),
    target("HTTPS", ["CCurl", "CZlib", "Curl", "Encodings", "Stage", "StageErrors"]),
    target(
      "Patron", ["Calendar", "HashTables", "JSONText"], resources: [.embedInCode("profiles/peoplesoft.json")]),
    target("ProfileFile", ["Command", "Digest", "Files", "Patron", "RecordStream", "StageErrors", argumentParser]),
    target("AlmaXML", ["CLibXML2", "CLinux", "Patron", "Files", "Stage", "StageErrors", system]),
    target(
      "PeopleSoft",
      ["Calendar", "Encodings", "Files", "HTTPS", "JSONText", "RecordStream", "Stage", "StageErrors", system]),
    target(
      "ZipArchive",
      ["Calendar", "Digest", "Encodings", "RecordStream", "Files", "Stage", "StageErrors", "CLibArchive", system]),
    target(
      "AlmaLoads",
      ["Calendar", "Files", "HTTPS", "JSONText", "RecordStream", "Stage", "StageErrors", "ZipArchive"]),
    target("SFTP", ["Encodings", "Files", "Stage", "StageErrors", system]),
    target(
      "Transfer",
      ["Calendar", "CLinux", "Digest", "Encodings", "RecordStream", "SFTP", "Files", "Stage", "StageErrors", system]),
    target(
      "Report",
      ["Calendar", "Digest", "Encodings", "JSONText", "RecordStream", "Files", "Stage", "StageErrors", system]),
    target(
      "Mail",
      [
        "CCurl", "Calendar", "Curl", "Digest", "Encodings", "JSONText", "RecordStream", "Report", "Files", "Stage",
        "StageErrors", system,
      ]),

    stage("ps-fetch", ["Calendar", "HTTPS", "PeopleSoft"]),
    stage("patron-validate", ["Calendar", "Patron", "ProfileFile", "JSONText"]),
    stage("patron-to-xml", ["Calendar", "Patron", "ProfileFile", "AlmaXML"]),
    stage("feed-zip", ["AlmaXML", "ZipArchive"]),
    stage("feed-push", ["SFTP", "Transfer"]),
    stage("load-report", ["AlmaLoads", "Calendar", "HTTPS"]),
    stage("feed-report", ["Calendar", "Curl", "Encodings", "Files", "HTTPS", "Report", "ZipArchive"]),
    stage("notify-mail", ["Mail", "Report"]),

    .target(
      name: "TestSupport", dependencies: ["Digest"], path: "Tests/TestSupport", swiftSettings: [.swiftLanguageMode(.v6)]
    ),
    tests("CalendarTests", ["Calendar"]),
    tests("EncodingsTests", ["Encodings"]),
    tests("RecordStreamTests", ["Calendar", "RecordStream", "TestSupport", system]),
    tests("FilesTests", ["Files", "StageErrors", "TestSupport"]),
    tests("StageTests", ["Command", "Stage", "StageErrors", "TestSupport", argumentParser, system]),
    tests("CurlTests", ["CCurl", "Curl", "StageErrors", "TestSupport"]),
    tests("HTTPSTests", ["HTTPS", "Stage", "StageErrors", "TestSupport"]),
    tests("JSONTextTests", ["JSONText", "TestSupport"]),
    tests(
      "PeopleSoftTests",
      ["Calendar", "JSONText", "PeopleSoft", "RecordStream", "Files", "Stage", "StageErrors", "TestSupport"]),
    tests("PatronTests", ["Calendar", "JSONText", "Patron", "TestSupport"]),
    tests(
      "AlmaXMLTests",
      [
        "AlmaXML", "Calendar", "Digest", "JSONText", "Patron", "RecordStream", "Files", "Stage", "StageErrors",
        "TestSupport", system,
      ]),
    tests("DigestTests", ["Digest"]),
    tests("HashTablesTests", ["HashTables", "TestSupport"]),
    tests(
      "ZipArchiveTests",
      ["Calendar", "RecordStream", "Files", "Stage", "StageErrors", "TestSupport", "ZipArchive", system]),
    tests("ReportTests", ["Calendar", "JSONText", "Patron", "RecordStream", "Report", "TestSupport"]),
    tests("MailTests", ["Calendar", "Curl", "Mail", "Report", "Files", "Stage", "StageErrors"]),
    tests("TransferTests", ["Calendar", "RecordStream", "Files", "Stage", "StageErrors", "TestSupport", "Transfer"]),
    tests("SFTPTests", ["SFTP", "Files", "Stage", "StageErrors", "TestSupport"]),
    tests(
      "PipelineTests",
      [
        "Calendar", "JSONText", "Patron", "RecordStream", "Files", "Stage", "StageErrors", "TestSupport", "ps-fetch",
        "patron-validate",
        "patron-to-xml", "feed-zip", "feed-push", "load-report", "notify-mail", "feed-report",
      ], data: ["Golden", "FileSystem"]),
    tests("ServerTests", ["TestSupport", "ps-fetch", "feed-push", "load-report", "notify-mail"], data: ["Servers"]),
  ] + fuzz
)
