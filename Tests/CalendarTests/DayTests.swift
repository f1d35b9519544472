import Calendar
import Testing

@Suite struct DayTests {
  @Test func `every day of the calendar is written as it was read, and follows the one before`() throws {
    var day = try #require(Day("0001-01-01"))
    let last = try #require(Day("9999-12-31"))
    #expect(last.number - day.number + 1 == 3_652_059)
    while day < last {
      let next = day.adding(days: 1)
      let (year, month, number) = next.parts
      #expect(Day(year: year, month: month, day: number) == next)
      day = next.adding(days: 96)
    }
    #expect(Day("1970-01-01")?.number == 0)
    #expect(Day(number: 20_779).description == "2026-11-22")
  }

  @Test(arguments: [
    "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00", "0000-01-01", "2026-1-01",
    "2026-01-01 ", "2026/01/01", "", "２０２６-01-01",
  ])
  func `what is no day is none`(text: String) {
    #expect(Day(text) == nil)
  }

  @Test func `instants are written in UTC to the second`() {
    #expect(Instant(seconds: 1_795_308_300).description == "2026-11-22T00:45:00Z")
    #expect(Instant(seconds: -1).description == "1969-12-31T23:59:59Z")
    #expect(Instant("2026-11-22T00:45:00Z")?.seconds == 1_795_308_300)
    #expect(Instant("2026-11-22 00:45:00Z") == nil)
  }
}
