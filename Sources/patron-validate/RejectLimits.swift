import StageSupport

/// How many rejects are too many: a feed of which half is bad tells of a fault at its source.
struct RejectLimits {
  var number: Int?
  /// Of the people.
  var percent: Double?

  func check(rejected: Int, people: Int) throws(DataError) {
    if let number, rejected > number {
      throw DataError(
        "\(rejected) of \(people) people rejected, more than --max-rejects \(number); look at the rejects")
    }
    if let percent, Double(rejected) * 100 > percent * Double(people) {
      let limit = percent == percent.rounded() ? String(Int(percent)) : String(percent)
      throw DataError(
        "\(rejected) of \(people) people rejected, more than --max-reject-percent \(limit); look at the rejects")
    }
  }
}
