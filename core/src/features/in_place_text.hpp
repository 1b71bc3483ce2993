#pragma once

#include <fairlead/model.hpp>

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

/// What installing features inside a running instance says and remembers. Pure.
namespace fairlead {

/// Where the record and the environment lie inside.
inline constexpr const char* in_place_folder = "/var/lib/fairlead/features";

/// A feature that was installed, as the record has it.
struct InstalledFeature {
  std::string key;                             ///< its id; the second of equal ids has "#2" behind
  std::string content;                         ///< hash of everything that it was installed with
  std::map<std::string, std::string> options;  ///< as install.sh got them
};

/// The record: a line of JSON for each thing that happened, the latest last.
struct InPlaceRecord {
  std::vector<InstalledFeature> features;  ///< as they are now
  std::string complete;                    ///< what was wanted when all of it was there
};

/// Lines that cannot be read are passed over: what they said is installed again.
InPlaceRecord parse_in_place_record(const std::string& text);

/// What makes `wanted` differ from what is installed.
enum class InPlaceWork { none, install, options_changed, content_changed };
InPlaceWork work_for(const InPlaceRecord& record, const InstalledFeature& wanted);

/// A line for the record, with its end: what was done, when ("2026-11-22T03:00:00Z"), with what.
std::string record_line(const InstalledFeature& feature, InPlaceWork work, const std::string& time);
std::string complete_line(const std::string& wanted, const std::string& time);

/// The keys of `features`, which have to differ.
std::vector<std::string> in_place_keys(const std::vector<PlannedFeature>& features);

/// Shell lines that set a feature's containerEnv; `${NAME}` and `$NAME` refer to earlier values,
/// everything else is literal (FEAT-022). What is no name of a variable is left out.
std::string export_lines(const std::vector<std::pair<std::string, std::string>>& variables);

/// The file for login shells: `lines`, once however deep the shells are nested.
std::string profile_text(const std::string& lines);

}  // namespace fairlead
