#pragma once

#include "session.hpp"

#include <fairlead/manage.hpp>

#include <string>

namespace fairlead::cli {

/// One finding as an object of JSON, and as a line or two for people.
std::string finding_json(const Finding& finding);
std::string finding_text(const Finding& finding, bool colour);

/// What a look around found: for people as it comes, as JSON when all of it is there.
class FindingsPage {
 public:
  FindingsPage(Session& session, bool json) : session_(session), json_(json) {}

  void add(const Finding& finding);
  /// Returns the exit status: 1 when something is bad.
  int finish();

 private:
  Session& session_;
  bool json_;
  bool bad_ = false;
  std::string findings_;
};

}  // namespace fairlead::cli
