#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What the host keeps of each environment: one line of JSON. Pure functions.
namespace fairlead::ssh {

/// One environment as the host's list has it.
struct Record {
  std::string id;  ///< the name, a dot and a number that no other environment of that name had
  std::string name;
  std::string image;  ///< what the configuration says; nothing is made from it
  std::string created;
  std::string started;  ///< empty: it does not run
  Labels labels;
  Environment env;
  std::string user;  ///< who works in it when a command says nothing; empty: the account
};

/// The line to be stored.
std::string record_line(const Record& record);

/// Reads what `list_script` printed: for each environment a line that says whether it runs, then
/// its record. What cannot be read is left out.
std::vector<Record> read_records(std::string_view listing);

/// `account` works where the record names nobody.
InstanceInfo info_of(const Record& record, const std::string& account);

/// The folder's name within the list of environments.
std::string folder_of(const std::string& id);

/// Whether `word` is the record's id or its name.
bool is_called(const Record& record, const std::string& word);

/// The record whose id begins with `word`; null: none, or more than one.
const Record* only_one_beginning_with(const std::vector<Record>& records, const std::string& word);

}  // namespace fairlead::ssh
