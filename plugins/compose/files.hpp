#pragma once

#include <fairlead/sdk/core.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::compose {

/// The files of the machine that Compose works on: this one's straight, another's by commands
/// there. What was read stays as it was for as long as this object. For one thread, during one
/// call.
class Files {
 public:
  Files(sdk::HostClient host, const sdk::Call& call);

  /// They are this machine's.
  bool are_here() const { return here_; }
  /// Reads all of these in one question, to be asked for afterwards. Throws Error(failed,
  /// "group.files").
  void load(const std::vector<std::string>& paths) const;
  /// Absent: there is no such file.
  std::optional<std::string> text(const std::string& path) const;
  bool is_file(const std::string& path) const;
  /// So that a reader sees all of it or the former one; makes its folder. Throws Error(failed,
  /// "group.state").
  void write(const std::string& path, std::string_view text) const;
  /// Removes the files, then the folder if nothing else is in it.
  void remove(const std::vector<std::string>& paths, const std::string& folder = {}) const;

 private:
  struct Said {
    int exit_code = 0;
    std::string out;
    std::string err;
  };
  Said run(const char* script, const std::vector<std::string>& words,
           std::string_view input = {}) const;

  sdk::HostClient host_;
  const sdk::Call& call_;
  bool here_;
  mutable std::map<std::string, std::optional<std::string>> known_;
};

}  // namespace fairlead::compose
