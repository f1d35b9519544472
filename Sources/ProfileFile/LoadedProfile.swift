package import ArgumentParser
package import Command
import Digest
import Files
package import Patron
package import RecordStream
import StageErrors

/// The profile that people are checked and mapped with.
package struct ProfileOptions: ParsableArguments {
  @Option(file: "The profile: how people become Alma users. The default is the built-in one for PeopleSoft.")
  package var profile: String?

  package init() {}

  package static let settings: [Setting] = [.option("profile", variable: "ALMA_PEOPLE_PROFILE")]

  /// Reads the profile and compiles it.
  /// - Throws: `FileError` if the file cannot be read, `SettingError` with the place of the first fault in it.
  package func load() throws -> LoadedProfile {
    do {
      guard let profile else { return try LoadedProfile(Profile.builtInDocument, isGiven: false) }
      return try LoadedProfile(FileContents.read(profile), isGiven: true)
    } catch let fault as ProfileFault {
      throw SettingError("\(profile ?? "the built-in profile"):\(fault)")
    }
  }
}

/// A profile that has been read.
package struct LoadedProfile: Sendable {
  /// Its document.
  package let document: [UInt8]
  package let plan: Plan
  /// The digest of the document, in hexadecimal digits.
  package let digest: String
  /// What the stage's summary says of it; nil for the built-in profile.
  package let record: SummaryRecord.Profile?

  init(_ document: [UInt8], isGiven: Bool) throws(ProfileFault) {
    let profile = try Profile(document: document)
    self.document = document
    plan = try Plan(profile)
    digest = Self.digest(of: document)
    record = isGiven ? SummaryRecord.Profile(name: profile.name, sha256: digest) : nil
  }

  /// The digest of the built-in profile's document.
  package static var builtInDigest: String { digest(of: Profile.builtInDocument) }

  private static func digest(of document: [UInt8]) -> String {
    var sha256 = SHA256()
    sha256.update(document.span)
    return sha256.finish()
  }
}
