#include "dockerfile.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace fs = std::filesystem;

namespace {

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// For a shell, whatever it holds.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char each : text) word += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return word + "'";
}

/// In a Dockerfile, where a word in double quotes has its variables replaced.
std::string without_variables(const std::string& text) {
  std::string word;
  for (const char each : text) word += each == '$' ? std::string("\\$") : std::string(1, each);
  return word;
}

/// The name of an option as install.sh knows it.
std::string variable(const std::string& option) {
  std::string name;
  for (const unsigned char each : option) {
    name += std::isalnum(each) != 0 ? static_cast<char>(std::toupper(each)) : '_';
  }
  return name;
}

std::string layer_of(const fairlead::PlannedFeature& feature, std::size_t number,
                     const fairlead::FeaturesInstallRequest& request) {
  const auto folder = "feature-" + std::to_string(number);
  const auto container_user = request.container_user.empty() ? "root" : request.container_user;
  const auto remote_user = request.remote_user.empty() ? container_user : request.remote_user;
  std::string variables =
      "_CONTAINER_USER=" + quoted(container_user) + " _REMOTE_USER=" + quoted(remote_user);
  for (const auto& [name, value] : feature.options) {
    variables += ' ' + variable(name) + '=' + quoted(value);
  }
  std::string text = "COPY " + folder + " /tmp/" + folder + "\nRUN cd /tmp/" + folder +
                     " && chmod +x install.sh && " + variables + " ./install.sh && rm -rf /tmp/" +
                     folder + "\n";
  const auto metadata = nlohmann::json::parse(feature.metadata);
  const auto env = metadata.value("containerEnv", nlohmann::json::object());
  for (const auto& [name, value] : env.items()) {
    text += "ENV " + name + '=' + value.dump() + "\n";
  }
  return text;
}

}  // namespace

std::string write_build(const fairlead::FeaturesInstallRequest& request) {
  std::string text = "FROM " + request.base_image + "\nUSER root\n";
  for (std::size_t i = 0; i < request.features.size(); ++i) {
    const auto to = fs::path(request.staging_folder) / ("feature-" + std::to_string(i));
    fs::copy(request.features[i].folder, to, fs::copy_options::recursive);
    text += layer_of(request.features[i], i, request);
  }
  if (!request.metadata.empty()) {
    text += "LABEL devcontainer.metadata=" +
            without_variables(nlohmann::json(request.metadata).dump()) + "\n";
  }
  if (!request.image_user.empty()) text += "USER " + request.image_user + "\n";
  std::ofstream(fs::path(request.staging_folder) / "Dockerfile") << text;
  return text;
}

std::string content_hash(const std::string& text, const fairlead::FeaturesInstallRequest& request) {
  std::string all = request.base_image_id + '\n' + text;
  for (const auto& feature : request.features) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(feature.folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const auto& file : files) {
      all += fs::relative(file, feature.folder).string() + '\n' + content_of(file) + '\n';
    }
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  ::EVP_Digest(all.data(), all.size(), sum.data(), &size, ::EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[sum.at(i) >> 4U];
    hex += "0123456789abcdef"[sum.at(i) & 15U];
  }
  return hex;
}
