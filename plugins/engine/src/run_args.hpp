#pragma once

#include "json.hpp"

#include <fairlead/engine/create.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::engine {

/// One network that the container joins, in the order of the flags.
struct NetworkDraft {
  std::string name;
  Json endpoint = Json::object();
};

/// A create body in the making: flags write into it one after the other.
struct Draft {
  explicit Draft(const ClientSide& side) : client(side) {}

  const ClientSide& client;
  std::string name;
  std::string platform;
  std::string id_file;
  Json config = Json::object();
  Json host = Json::object();
  std::vector<std::string> file_env;  ///< --env-file stands before all -e, as in docker
  std::vector<std::string> env;
  Labels file_labels;
  Labels labels;
  std::vector<NetworkDraft> networks;
  Json first_endpoint =
      Json::object();  ///< --network-alias, --ip and the like: of the first network
  std::string health_command;
  Json health = Json::object();
  bool no_health = false;
  std::vector<std::string> warnings;
};

/// One flag of docker run.
struct RunFlag {
  std::string_view name;  ///< without dashes
  char letter;            ///< 0: none
  bool boolean;
  void (*apply)(Draft& draft, const std::string& value);
};

/// The flags by subject.
std::span<const RunFlag> process_flags();
std::span<const RunFlag> resource_flags();
std::span<const RunFlag> storage_flags();
std::span<const RunFlag> network_flags();

/// Applies the words to the draft. Throws Error(invalid, "backend.run_args").
void apply_run_args(Draft& draft, const std::vector<std::string>& words);

/// What a flag's function throws; the dispatcher puts the flag's name in front.
struct BadValue {
  std::string why;
};

/// Values as docker reads them; each throws BadValue.
std::int64_t parse_bytes(std::string_view text);        ///< "512m", "1.5GiB", "100"
std::int64_t parse_nanocpus(std::string_view text);     ///< "1.5"
std::int64_t parse_nanoseconds(std::string_view text);  ///< "1m30s", "500ms"
std::int64_t parse_integer(std::string_view text);
std::uint32_t parse_octal(std::string_view text);
bool parse_boolean(std::string_view text);

/// The words of one line of CSV, with its quotes.
std::vector<std::string> split_csv(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
/// "key=value" at the first '='; no '=': an empty value.
std::pair<std::string, std::string> split_pair(std::string_view text);

/// docker's --mount syntax as the Engine API's Mount.
Json mount_from_flag(const ClientSide& client, const std::string& text);
Json mount_from_model(const Mount& mount);
/// Adds what -p gives.
void publish(Draft& draft, const std::string& text);
void request_gpus(Draft& draft, const std::string& text);

}  // namespace fairlead::engine
