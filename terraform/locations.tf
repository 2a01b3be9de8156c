locals {
  # The names of the IANA database, as Python reads them: a name that is none would only be noticed by the functions.
  time_zones = toset(split("\n", trimspace(file("${path.module}/time_zones.txt"))))

  # The continent of a region, and of the locations that are no region.
  continents = { US = "america", EU = "europe", nam5 = "america", nam7 = "america", eur3 = "europe", us = "america", northamerica = "america", southamerica = "america" }
  locations = {
    region             = var.region
    bigquery_location  = local.bigquery_location
    firestore_location = local.firestore_location
  }
  continent_of = {
    for variable, location in local.locations :
    variable => lookup(local.continents, location, lookup(local.continents, split("-", location)[0], split("-", location)[0]))
  }
}

# A warning and no error, because it works. But personal data leaves the continent, every batch crosses an ocean, and
# locations can never be changed afterwards.
check "data_stays_on_its_continent" {
  assert {
    condition     = length(distinct(values(local.continent_of))) == 1
    error_message = "The functions and the data are on different continents: ${join(", ", [for variable, location in local.locations : "${variable} = ${location}"])}. Set the three to one continent, unless it is meant: the locations of the data cannot be changed afterwards."
  }
}
