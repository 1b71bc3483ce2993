#pragma once

#include <fairlead/config.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace fairlead::spec_test {

/// A workspace folder `proj` in a temporary one, with files of the test's choice.
class ProjectFolder {
 public:
  ProjectFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "spec-XXXXXX").string();
    root_ = std::filesystem::canonical(::mkdtemp(name.data())).string();
    std::filesystem::create_directories(root_ + "/proj");
  }
  explicit ProjectFolder(std::string_view config) : ProjectFolder() {
    write("proj/.devcontainer/devcontainer.json", config);
  }
  ~ProjectFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  ProjectFolder(const ProjectFolder&) = delete;
  ProjectFolder& operator=(const ProjectFolder&) = delete;

  void write(const std::string& path, std::string_view content) const {
    const std::filesystem::path full = root_ + '/' + path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full, std::ios::binary) << content;
  }

  /// A git work tree, as far as finding it goes.
  void make_repository(const std::string& folder) const {
    write(folder + "/.git/HEAD", "ref: refs/heads/main\n");
    write(folder + "/.git/objects/x", "");
    write(folder + "/.git/refs/x", "");
  }

  ReadOptions options(Mode mode = Mode::drop_in, const std::string& folder = "proj") const {
    ReadOptions out;
    out.workspace_folder = root_ + '/' + folder;
    out.working_directory = root_;
    out.mode = mode;
    out.environment = {{"A", "v"}, {"E", ""}};
    return out;
  }

  /// `text` with every mention of the temporary folder as "R".
  std::string shortened(std::string text) const {
    for (std::size_t at = text.find(root_); at != std::string::npos; at = text.find(root_)) {
      text.replace(at, root_.size(), "R");
    }
    return text;
  }

  /// The `configuration` text without its configFilePath.
  std::string configuration(const ConfigDocument& document) const {
    const std::string text = shortened(configuration_json(document));
    const std::size_t path = text.find("\"configFilePath\"");
    const std::size_t end = path > 0 && text[path - 1] == ',' ? path - 1 : path;
    return text.substr(0, end) + '}';
  }

  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

}  // namespace fairlead::spec_test
