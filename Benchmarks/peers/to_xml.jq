# People, one a line, to an Alma <users> document.
#
# usage: jq -n -r --arg today YYYY-MM-DD -f to_xml.jq FILE

def library_departments: ["41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700"];

# Regular expressions are compiled at each use, so the rare values that need one are found without.
def is_space: . <= 32 or . == 133 or . == 160 or (. >= 5760 and (. == 5760 or (. >= 8192 and . <= 8287) or . == 12288));

# A value as it is judged and written: trimmed; blank where there is none.
def text:
  if . == null or . == " " or . == "" then ""
  else
    tostring | explode as $characters
    | if ($characters[0] | is_space) or ($characters[-1] | is_space) then gsub("\\A[[:space:]]+|[[:space:]]+\\z"; "") else . end
  end;

def escape: @html | if contains("\r") then gsub("\r"; "&#13;") else . end;
def escape_attribute: escape | gsub("\t"; "&#9;") | gsub("\n"; "&#10;");

def element($name): text | if . == "" then "" else "<\($name)>\(escape)</\($name)>" end;
def wrapped($name): if . == "" then "" else "<\($name)>\(.)</\($name)>" end;

def address($prefix; $kind; $type; $preferred):
  "<address preferred=\"\($preferred)\" segment_type=\"External\">"
  + (.[$prefix + "_ADDRESS1"] | element("line1"))
  + (.[$prefix + "_ADDRESS2"] | element("line2"))
  + (.[$prefix + "_ADDRESS3"] | element("line3"))
  + (.[$prefix + "_ADDRESS4"] | element("line4"))
  + (.[$prefix + "_CITY"] | element("city"))
  + (.[$prefix + "_STATE"] | element("state_province"))
  + (.[$prefix + "_POSTAL"] | element("postal_code"))
  + (.[$prefix + "_COUNTRY"] | element("country"))
  + "<address_types><address_type desc=\"\($kind)\">\($type)</address_type></address_types></address>";

def addresses($first; $first_kind; $first_type; $second):
  (.[$first + "_ADDRESS1"] | text != "") as $has_first
  | (if $has_first then address($first; $first_kind; $first_type; true) else "" end)
  + (if .[$second + "_ADDRESS1"] | text != "" then address($second; "Home"; "home"; $has_first | not) else "" end)
  | wrapped("addresses");

def emails:
  (.CAMP_EMAIL | text) as $campus
  | (if $campus != "" then [$campus, "Work", "work"] else [(.HOME_EMAIL | text), "Personal", "personal"] end) as [$email, $kind, $type]
  | if $email == "" then "" else
      "<emails><email preferred=\"true\" segment_type=\"External\"><email_address>\($email | escape)</email_address>"
      + "<email_types><email_type desc=\"\($kind)\">\($type)</email_type></email_types></email></emails>"
    end;

def identifier($type; $description):
  text | if . == "" then "" else
    "<user_identifier segment_type=\"External\"><value>\(escape)</value>"
    + "<id_type desc=\"\($description)\">\($type)</id_type><status>ACTIVE</status></user_identifier>"
  end;

def statistics:
  text | if . == "" then "" else
    "<user_statistics><user_statistic segment_type=\"External\"><statistic_category desc=\"\(escape_attribute)\">\(escape)"
    + "</statistic_category></user_statistic></user_statistics>"
  end;

def user:
  (.ELIGIBLE_INELIGIBLE | text) as $eligibility
  | (.PATRON_EXPIRATION_DATE | text) as $expires
  | (.DEPTID | text) as $department
  | (.PVPATRONGROUP | text) as $group
  | "<user>"
  + ((if $expires == "" and $eligibility != "E" and (.VCURSTATUS | text) != "RETR" then $today else $expires end) | element("expiry_date"))
  + (.PATRON_PURGE_DATE | element("purge_date"))
  + (if $eligibility == "" then "" elif $eligibility == "E" then "<status>ACTIVE</status>" else "<status>INACTIVE</status>" end)
  + (.PVSTATCATEGORY | statistics)
  + ((if library_departments | index($department) then "LIB" else $group end) | element("user_group"))
  + (.EMPLID | element("primary_id"))
  + (.PRF_OR_PRI_FIRST_NAM | element("first_name"))
  + (.PRF_OR_PRI_LAST_NAME | element("last_name"))
  + (.PRF_OR_PRI_MIDDLE_NAME | element("middle_name"))
  + (((if $group == "UGRD" or $group == "SENR" then addresses("DORM"; "School"; "school"; "PERM")
       else addresses("CAMP"; "Work"; "work"; "HOME") end) + emails) | wrapped("contact_info"))
  + (((.PU_BARCODE | identifier("BARCODE"; "Barcode")) + (.CAMPUS_ID | identifier("NET_ID"; "NetID"))) | wrapped("user_identifiers"))
  + "</user>";

"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<users>", (inputs | user), "</users>"
