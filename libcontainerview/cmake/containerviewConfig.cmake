include("${CMAKE_CURRENT_LIST_DIR}/containerviewTargets.cmake")
