import Foundation
import TestSupport
import Testing

/// A file is written beside its name and takes the place of what is there; a device has to be spared that. The devices
/// are reached by links here, so that a fault would only replace a link.
@Suite struct DeviceOutputTests {
  let person = Data(#"{"EMPLID":"1","ELIGIBLE_INELIGIBLE":"E","PATRON_EXPIRATION_DATE":"2029-06-30"}"#.utf8)

  @Test(arguments: [("/dev/null", 0), ("/dev/full", 74)])
  func `a device is written to as it is, and not replaced`(device: String, status: Int32) throws {
    let directory = try TemporaryDirectory()
    let link = directory.path("out.xml")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: device)
    let outcome = try Executable("patron-to-xml").run(["--output", link], input: person)
    #expect(outcome.status == status)
    #expect(outcome.errors == (status == 0 ? "" : "patron-to-xml: cannot write \(link): No space left on device\n"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == device)
    #expect(directory.names == ["out.xml"])
  }
}
