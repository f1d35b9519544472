import AlmaXML
import ArgumentParser
import Command
import RecordStream
import Stage
import ZipArchive

@main
struct FeedZip: StageCommand {
  static let name = "feed-zip"
  static let settings =
    StageOptions.settings
    + [.option("output-dir", use: .byHand)]
    + ["level", "schema", "min-users", "max-users", "ledger", "max-change"].map { .option($0) }
  static let configuration = describe("Check a feed's XML files, and pack them into a zip for Alma.")

  @Option(directory: "The directory for the zip; by default that of the XML.")
  var outputDir: String?

  @Option("How hard to compress, from 1 to 9.", "number", in: 1...9)
  var level = 6

  @Option(file: "Validate each document against this XML schema, such as rest_users.xsd.")
  var schema: String?

  @Option("Fail (65) if the feed has fewer users.", "number", in: 0...)
  var minUsers: Int?

  @Option("Fail (65) if the feed has more users.", "number", in: 0...)
  var maxUsers: Int?

  @Option(file: "The ledger of deliveries to compare with.")
  var ledger: String?

  @Option(
    percentage: "Fail (65) if the feed's size differs by more than this from the median of the ledger.", upTo: nil)
  var maxChange: Double?

  @Flag(help: "Ignore the limits on the number of users.")
  var force = false

  @Flag(help: "Remove the XML files after the zips were written, if the stream is complete.")
  var removeDocuments = false

  @OptionGroup var options: StageOptions

  @Argument(files: "Streams to read one after the other; standard input if none is given.")
  var files: [String] = []

  func validate() throws {
    if let maxUsers, let minUsers, maxUsers < minUsers {
      throw ValidationError("--max-users has to be at least --min-users")
    }
    if (ledger == nil) != (maxChange == nil) {
      throw ValidationError("--ledger and --max-change have to be given together")
    }
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    var stage = try ZipStage(
      outputDirectory: outputDir, level: level, sizeGuard: sizeGuard(nil), removesDocuments: removeDocuments,
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
