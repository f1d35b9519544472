import AlmaXML
import ArgumentParser
import RecordStream
import StageSupport
import ZipArchive

@main
struct FeedZip: StageCommand {
  static let name = "feed-zip"
  static let settings =
    StageOptions.settings
    + [.option("output-dir", use: .byHand)]
    + ["level", "schema", "min-users", "max-users", "ledger", "max-change"].map { .option($0) }
  static let configuration = describe("Pack a feed's XML files into a zip for Alma, and prove them on the way.")

  @Option(help: .init("The directory for the zip; else it goes beside the XML.", valueName: "directory"))
  var outputDir: String?

  @Option(help: .init("How hard to compress, from 1 to 9.", valueName: "number"))
  var level = 6

  @Option(help: .init("An XML schema by which each document has to be valid, as rest_users.xsd.", valueName: "file"))
  var schema: String?

  @Option(help: .init("Hold the feed back if it has fewer users.", valueName: "number"))
  var minUsers: Int?

  @Option(help: .init("Hold the feed back if it has more users.", valueName: "number"))
  var maxUsers: Int?

  @Option(help: .init("What was delivered so far, to compare with.", valueName: "file"))
  var ledger: String?

  @Option(
    help: .init("Hold the feed back if it differs by more than this from the ledger's median.", valueName: "percent"))
  var maxChange: Double?

  @Flag(help: "Hold nothing back.")
  var force = false

  @OptionGroup var options: StageOptions

  @Argument(help: .init("Streams to read one after the other; standard input where none is given.", valueName: "file"))
  var files: [String] = []

  func validate() throws {
    if !(1...9).contains(level) { throw ValidationError("--level is a number from 1 to 9") }
    if let minUsers, minUsers < 0 { throw ValidationError("--min-users has to be 0 or more") }
    if let maxUsers, maxUsers < minUsers ?? 0 {
      throw ValidationError("--max-users has to be 0 or more, and not less than --min-users")
    }
    if let maxChange, !maxChange.isFinite || maxChange < 0 { throw ValidationError("--max-change has to be 0 or more") }
    if (ledger == nil) != (maxChange == nil) { throw ValidationError("--ledger and --max-change need each other") }
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    var stage = try ZipStage(
      outputDirectory: outputDir, level: level, sizeGuard: sizeGuard(nil),
      progress: Progress(program: Self.name, mode: options.progress), diagnostics: runner.diagnostics,
      proof: Self.proof(nil))
    try runner.run(&stage, files: files) { stage in
      stage.proof = Self.proof(try schema.map { try Schema(path: $0) })
      stage.sizeGuard = sizeGuard(try ledger.map { LedgerComparison(try Ledger(path: $0), percent: maxChange ?? 0) })
    }
  }

  private func sizeGuard(_ comparison: LedgerComparison?) -> SizeGuard {
    SizeGuard(minUsers: minUsers, maxUsers: maxUsers, comparison: comparison, isForced: force)
  }

  private static func proof(_ schema: Schema?) -> Proof {
    { path, blocks in
      var proof = try DocumentProof(path: path, schema: schema)
      while try blocks.next({ try proof.take($0) }) {}
      return try proof.finish()
    }
  }
}
