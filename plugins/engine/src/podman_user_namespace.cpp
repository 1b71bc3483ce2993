#include <fairlead/engine/podman_user_namespace.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace fairlead::engine {
namespace {

constexpr std::array<std::string_view, 6> mapping_flags{"--userns",     "--uidmap",     "--gidmap",
                                                        "--subuidname", "--subgidname", "--pod"};

bool is_flag(std::string_view word, std::string_view flag) {
  return word == flag || (word.starts_with(flag) && word.substr(flag.size(), 1) == "=");
}

bool maps_ids(const std::vector<std::string>& run_args) {
  return std::ranges::any_of(run_args, [](const std::string& word) {
    return std::ranges::any_of(mapping_flags,
                               [&](std::string_view flag) { return is_flag(word, flag); });
  });
}

std::string user_in(const std::vector<std::string>& run_args) {
  for (std::size_t i = run_args.size(); i-- > 0;) {
    const auto& word = run_args[i];
    if ((word == "-u" || word == "--user") && i + 1 < run_args.size()) return run_args[i + 1];
    if (is_flag(word, "--user") || is_flag(word, "-u")) return word.substr(word.find('=') + 1);
  }
  return {};
}

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string name_of(const std::string& user) { return user.substr(0, user.find(':')); }

}  // namespace

std::string working_user(const CreateRequest& request, const std::string& image_user) {
  for (const auto& user :
       {request.remote_user, user_in(request.run_args), request.user, image_user}) {
    if (!user.empty()) return name_of(user);
  }
  return "root";
}

std::string wanted_user_namespace(const CreateRequest& request, const std::string& image_user,
                                  const std::string& setting) {
  if (setting == "host" || maps_ids(request.run_args)) return {};
  const auto user = working_user(request, image_user);
  if (user == "root" || user == "0") return {};
  if (setting == "keep-id" && is_number(user)) return "keep-id:uid=" + user + ",gid=" + user;
  return setting;
}

}  // namespace fairlead::engine
