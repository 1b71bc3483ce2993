#pragma once

#include <fairlead/model.hpp>

#include <string>

/// Whose files a rootless container shares. Pure functions.
namespace fairlead::engine {

/// The user that works in the container, of what is known of it: remote user, container user, the
/// one in run_args, the image's; "root" when nobody says.
std::string working_user(const CreateRequest& request, const std::string& image_user);

/// What --userns a rootless container gets so that files of bind mounts are the user's own on both
/// sides; empty: none. In a rootless container root is the user already; anybody else needs
/// `setting`. A user given by number gets the user's files whatever the number. run_args that map
/// ids themselves win. USER-017.
std::string wanted_user_namespace(const CreateRequest& request, const std::string& image_user,
                                  const std::string& setting);

}  // namespace fairlead::engine
