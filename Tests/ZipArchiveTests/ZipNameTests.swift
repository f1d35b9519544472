import Testing

@testable import ZipArchive

@Suite struct ZipNameTests {
  @Test(arguments: [
    ("/d/alma_people_2026-11-21_2026-11-22_E.xml", "/d/alma_people_2026-11-21_2026-11-22_E"),
    ("/d/alma_people_2026-11-21_2026-11-22_E_001.xml", "/d/alma_people_2026-11-21_2026-11-22_E"),
    ("/d/alma_people_2026-11-21_2026-11-22_014.xml", "/d/alma_people_2026-11-21_2026-11-22"),
    ("/d/alma_people.xml", "/d/alma_people"),
    ("/d/users_2026.xml", "/d/users_2026"),
    ("/d/users001.xml", "/d/users001"),
    ("/d/_001.xml", "/d/_001"),
    ("/d/Zoë_١٢٣.xml", "/d/Zoë_١٢٣"),
    ("/.xml", "/"),
  ])
  func `a zip has the name of the XML without its number`(document: String, stem: String) {
    let name = ZipName(document: document, directory: nil)
    #expect(name.path(number: 1) == stem + ".xml.zip")
    #expect(name.path(number: 2) == stem + "_2.xml.zip")
    #expect(name.path(number: 12) == stem + "_12.xml.zip")
  }

  @Test(arguments: [
    ("/d/dept_101.xml", "/d/dept_101.xml.zip"), ("/d/a.xml", "/d/a.xml.zip"), ("/d/a_001", "/d/a_001.zip"),
  ])
  func `a document that came alone keeps its number`(document: String, path: String) {
    #expect(ZipName(document: document, directory: nil).pathOfOneDocument == path)
    #expect(ZipName(document: document, directory: "/e").pathOfOneDocument == "/e" + path.dropFirst(2))
  }

  @Test func `a zip may be in another directory, and the XML may have any name`() {
    let name = ZipName(document: "/d/people", directory: "/e/f")
    #expect(name.path(number: 1) == "/e/f/people.zip")
    #expect(name.path(number: 2) == "/e/f/people_2.zip")
  }
}
