# A saved response, [...] or {"records": ...}, to an Alma <users> document on stdout, as most such programs do it:
# the whole response parsed, then the whole document built, then printed.
#
# usage: to_xml.rb --today YYYY-MM-DD FILE

require "json"
require "nokogiri"
require "optparse"

LIBRARY_DEPARTMENTS = %w[41000 41004 41006 41014 10001 41032 41034 26700].freeze
UNDERGRADUATE_GROUPS = %w[UGRD SENR].freeze
ADDRESS_ELEMENTS = {
  line1: "ADDRESS1", line2: "ADDRESS2", line3: "ADDRESS3", line4: "ADDRESS4",
  city: "CITY", state_province: "STATE", postal_code: "POSTAL", country: "COUNTRY"
}.freeze

# One person of the response, on its way to one <user>.
class AlmaPerson
  def initialize(person, today)
    @person = person
    @today = today
  end

  def add_to(xml)
    xml.user do
      element(xml, :expiry_date, expires)
      element(xml, :purge_date, text("PATRON_PURGE_DATE"))
      element(xml, :status, status)
      add_statistics(xml)
      element(xml, :user_group, group)
      element(xml, :primary_id, text("EMPLID"))
      element(xml, :first_name, text("PRF_OR_PRI_FIRST_NAM"))
      element(xml, :last_name, text("PRF_OR_PRI_LAST_NAME"))
      element(xml, :middle_name, text("PRF_OR_PRI_MIDDLE_NAME"))
      add_contact(xml)
      add_identifiers(xml)
    end
  end

  private

  # A value as it is judged and written: trimmed; nil where it is blank.
  def text(key)
    value = @person[key].to_s
    value = value.ascii_only? ? value.strip : value.gsub(/\A[[:space:]]+|[[:space:]]+\z/, "")
    value unless value.empty?
  end

  def element(xml, name, value, attributes = {})
    xml.send(name, value, attributes) if value
  end

  def expires
    given = text("PATRON_EXPIRATION_DATE")
    return given if given

    @today if text("ELIGIBLE_INELIGIBLE") != "E" && text("VCURSTATUS") != "RETR"
  end

  def status
    eligibility = text("ELIGIBLE_INELIGIBLE")
    eligibility && (eligibility == "E" ? "ACTIVE" : "INACTIVE")
  end

  def group
    LIBRARY_DEPARTMENTS.include?(text("DEPTID")) ? "LIB" : text("PVPATRONGROUP")
  end

  def add_statistics(xml)
    category = text("PVSTATCATEGORY") or return
    xml.user_statistics do
      xml.user_statistic(segment_type: "External") { xml.statistic_category(category, desc: category) }
    end
  end

  def places
    pairs = { "CAMP" => "work", "HOME" => "home" }
    pairs = { "DORM" => "school", "PERM" => "home" } if UNDERGRADUATE_GROUPS.include?(text("PVPATRONGROUP"))
    pairs.select { |prefix, _| text("#{prefix}_ADDRESS1") }
  end

  def email
    { "CAMP_EMAIL" => "work", "HOME_EMAIL" => "personal" }.find { |key, _| text(key) }
  end

  def add_contact(xml)
    addresses = places
    sent = email
    return if addresses.empty? && sent.nil?

    xml.contact_info do
      add_addresses(xml, addresses) unless addresses.empty?
      add_email(xml, *sent) if sent
    end
  end

  def add_addresses(xml, places)
    xml.addresses do
      places.each_with_index do |(prefix, kind), index|
        xml.address(preferred: index.zero?, segment_type: "External") do
          ADDRESS_ELEMENTS.each { |name, part| element(xml, name, text("#{prefix}_#{part}")) }
          xml.address_types { xml.address_type(kind, desc: kind.capitalize) }
        end
      end
    end
  end

  def add_email(xml, key, kind)
    xml.emails do
      xml.email(preferred: true, segment_type: "External") do
        xml.email_address(text(key))
        xml.email_types { xml.email_type(kind, desc: kind.capitalize) }
      end
    end
  end

  def add_identifiers(xml)
    identifiers = [["PU_BARCODE", "BARCODE", "Barcode"], ["CAMPUS_ID", "NET_ID", "NetID"]].select { |key, _| text(key) }
    return if identifiers.empty?

    xml.user_identifiers do
      identifiers.each do |key, kind, description|
        xml.user_identifier(segment_type: "External") do
          xml.value(text(key))
          xml.id_type(kind, desc: description)
          xml.status("ACTIVE")
        end
      end
    end
  end
end

today = nil
OptionParser.new { |options| options.on("--today DATE") { |date| today = date } }.parse!
people = JSON.parse(File.read(ARGV.fetch(0), encoding: "UTF-8"))
people = people["records"] if people.is_a?(Hash)
people = people["record"] if people.is_a?(Hash)

builder = Nokogiri::XML::Builder.new(encoding: "UTF-8") do |xml|
  xml.users { people.each { |person| AlmaPerson.new(person, today).add_to(xml) } }
end
print builder.to_xml
