#include "features/layers.hpp"

#include "features/dockerfile_text.hpp"
#include "features/metadata.hpp"
#include "features/shell_text.hpp"
#include "features/staging.hpp"

#include <fairlead/error.hpp>

#include <utility>
#include <vector>

namespace fairlead {
namespace {

constexpr const char* image_content = "/tmp/build-features";
constexpr const char* mounted_content = "/tmp/build-features-src";
constexpr const char* work_folder = "/tmp/dev-container-features";
constexpr const char* users_file_name = "devcontainer-features.builtin.env";

// Field 6 of the user's line in the user database, by name or number.
constexpr const char* home_function =
    "home_of() { { getent passwd \"$1\" 2>/dev/null || grep -E \"^$1:|^[^:]*:[^:]*:$1:\" "
    "/etc/passwd || true; } | head -n 1 | cut -d: -f6; }";
constexpr const char* append_homes =
    "printf \"_CONTAINER_USER_HOME='%s'\\n_REMOTE_USER_HOME='%s'\\n\" "
    "\"$(home_of \"$_CONTAINER_USER\")\" \"$(home_of \"$_REMOTE_USER\")\"";

using Variables = std::vector<std::pair<std::string, std::string>>;

Error bad_name(const std::string& id, const std::string& name) {
  return Error(Status::invalid, "features.env_name",
               "feature '" + id + "': containerEnv cannot set '" + name + "'");
}

class Writer {
 public:
  Writer(const FeaturesInstallRequest& request, const LayerOptions& options)
      : request_(request), options_(options) {}

  Layers write() {
    content();
    begin_target();
    for (std::size_t i = 0; i < request_.features.size(); ++i) feature(i);
    text_ +=
        std::string("\nARG ") + image_user_argument + "=root\nUSER $" + image_user_argument + "\n";
    if (!request_.metadata.empty()) {
      text_ += "\n" + metadata_label_lines(request_.metadata, options_.escape);
    }
    config_environment();
    Layers layers{.text = std::move(text_), .args = {}};
    layers.args[image_user_argument] = request_.image_user.empty() ? "root" : request_.image_user;
    if (newline_declared_) layers.args[newline_argument] = "\n";
    return layers;
  }

 private:
  void content() {
    if (options_.source == ContentSource::context) {
      text_ +=
          std::string("\nFROM scratch AS ") + content_stage + "\nCOPY . " + image_content + "/\n";
    } else if (options_.source == ContentSource::image) {
      text_ += "\nFROM " + options_.content_image + " AS " + content_stage + "\n";
    }
  }

  // Features that an earlier build left behind in the base image must not mix with ours. The homes
  // are asked inside, where the users are (FEAT-019); a user that does not exist has none.
  void begin_target() {
    text_ +=
        std::string("\nFROM $") + base_image_argument + " AS " + target_stage + "\nUSER root\n";
    text_ += copy_from_content(users_file_name, std::string(work_folder) + "/");
    text_ += command({
        std::string("rm -rf ") + work_folder + "/*_[0-9]*",
        std::string("cd ") + work_folder,
        ". ./" + std::string(users_file_name),
        home_function,
        append_homes + (" >> ./" + std::string(users_file_name)),
        std::string("chmod 0755 ./") + users_file_name,
    });
  }

  void feature(std::size_t position) {
    const PlannedFeature& planned = request_.features[position];
    const FeatureMetadata metadata =
        parse_feature_metadata(planned.metadata, planned.id, /*lenient=*/true);
    const std::string name = staged_name(planned, position);
    const std::string folder = std::string(work_folder) + "/" + name;
    text_ += "\n";
    environment(metadata.container_env, planned.id);
    std::vector<std::string> steps;
    std::string mount;
    if (options_.buildkit) {
      const std::string mounted = std::string(mounted_content) + "/" + name;
      mount = "--mount=type=bind,from=" + std::string(content_stage) +
              ",source=" + content_path(name) + ",target=" + mounted + " ";
      steps.push_back("cp -a " + mounted + " " + work_folder);
    } else {
      text_ += copy_from_content(name, folder);
    }
    steps.push_back("chmod -R 0755 " + folder);
    steps.push_back("cd " + folder);
    steps.push_back("./devcontainer-features-install.sh");
    steps.push_back("cd /");
    steps.push_back("rm -rf " + folder);
    text_ += command(steps, mount);
  }

  // FEAT-022: references to earlier variables are expanded.
  void environment(const Variables& variables, const std::string& id) {
    for (const auto& [name, value] : variables) {
      if (!is_environment_name(name)) {
        throw bad_name(id, name);
      }
      env_line(name, value, true);
    }
  }

  // BLD-014. What ENV cannot set still reaches the container when it is created.
  void config_environment() {
    if (!request_.container_env.empty()) text_ += "\n";
    for (const auto& [name, value] : request_.container_env) {
      if (is_environment_name(name)) env_line(name, value, false);
    }
  }

  void env_line(const std::string& name, const std::string& value, bool expand) {
    if (value.find('\n') != std::string::npos && !newline_declared_) {
      text_ += std::string("ARG ") + newline_argument + "\n";
      newline_declared_ = true;
    }
    text_ += "ENV " + name + "=" + dockerfile_quoted(value, expand, options_.escape) + "\n";
  }

  std::string content_path(const std::string& name) const {
    const bool root = options_.source == ContentSource::named_context;
    return root ? name : std::string(image_content) + "/" + name;
  }

  // By number: the image may have no /etc/passwd to look names up in.
  std::string copy_from_content(const std::string& name, const std::string& target) const {
    return std::string("COPY --chown=0:0 --from=") + content_stage + " " + content_path(name) +
           " " + target + "\n";
  }

  std::string command(const std::vector<std::string>& steps, const std::string& mount = {}) const {
    std::string text = "RUN " + mount;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i > 0) text += std::string(" ") + options_.escape + "\n && ";
      text += steps[i];
    }
    return text + "\n";
  }

  const FeaturesInstallRequest& request_;
  const LayerOptions& options_;
  std::string text_;
  bool newline_declared_ = false;
};

}  // namespace

Layers feature_layers(const FeaturesInstallRequest& request, const LayerOptions& options) {
  return Writer(request, options).write();
}

Layers label_layer(const FeaturesInstallRequest& request, char escape) {
  return {.text = std::string("\nFROM $") + base_image_argument + " AS " + target_stage + "\n" +
                  metadata_label_lines(request.metadata, escape),
          .args = {}};
}

std::string content_image_dockerfile() {
  return std::string("FROM scratch\nCOPY . ") + image_content + "/\n";
}

}  // namespace fairlead
